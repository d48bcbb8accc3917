"""Sign-in through an identity provider (OpenID Connect), for managers whose accounts were prepared here."""
