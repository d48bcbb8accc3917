"""There and back: ``/connexion/fournisseur`` sends the browser to the identity provider, ``…/retour`` takes it back."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from http import HTTPStatus

import msgspec
from flask import Blueprint, Response, redirect, render_template, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response as BaseResponse

from central.callers import Network
from central.errors import ProviderError
from central.staff.provider.desk import WAY_AND_BACK, Departure, ProviderDesk, Return
from central.staff.views import address_of, open_session
from wire.decoders import convert

OPEN_ENDPOINTS = frozenset({"provider.depart", "provider.arrive"})
RETURN_PATH = "/connexion/fournisseur/retour"
_PATH = "/connexion/fournisseur"
_COOKIE = "dmp-provider"
_SENTENCES = {
    "provider_silent": "Le fournisseur d’identité ne répond pas. Réessayez, ou connectez-vous par mot de passe.",  # noqa: RUF001 - French
    "provider_level": "Cette connexion n’est pas assez sûre : il faut une authentification à deux facteurs.",  # noqa: RUF001
    "provider_account": "Aucun compte n’a été préparé ici pour vous. Adressez-vous à l’équipe qui exploite le service.",  # noqa: RUF001
}
_USUAL = "La connexion n’a pas abouti. Recommencez."  # noqa: RUF001 - French

_log = logging.getLogger(__name__)


def make_blueprint(
    desk: ProviderDesk, clock: Callable[[], datetime], proxies: Sequence[Network], *, cookie_key: bytes, https: bool
) -> Blueprint:
    """The two routes; what must come back is signed with ``cookie_key``."""
    blueprint = Blueprint("provider", __name__)
    signer = URLSafeSerializer(cookie_key, salt="dmp-provider-v1")

    @blueprint.errorhandler(ProviderError)
    def refused(error: ProviderError) -> BaseResponse:
        _log.warning("sign-in by the provider refused: %s", error.code)
        page = render_template("staff/not_admitted.html", sentence=_SENTENCES.get(error.code, _USUAL), code=error.code)
        return _forget(Response(page, status=HTTPStatus.FORBIDDEN))

    @blueprint.get(_PATH)
    def depart() -> BaseResponse:
        url, departure = desk.depart(now=clock())
        answer = redirect(url)
        # Lax, unlike the session's: it must come along when the provider sends the browser back.
        answer.set_cookie(
            _COOKIE,
            signer.dumps(msgspec.to_builtins(departure)),
            max_age=WAY_AND_BACK,
            path=_PATH,
            secure=https,
            httponly=True,
            samesite="Lax",
        )
        return answer

    @blueprint.get(RETURN_PATH)
    def arrive() -> BaseResponse:
        kept = _departure(signer, request.cookies.get(_COOKIE, ""))
        now = clock()
        answer = desk.arrive(Return(request.args.to_dict(), kept, address_of(proxies)), now=now)
        open_session(answer, now)
        # A page, not a redirect: the session's cookie is strict, and only our own page may send it on.
        return _forget(Response(render_template("staff/admitted.html")))

    return blueprint


def _departure(signer: URLSafeSerializer, cookie: str) -> Departure | None:
    try:
        return convert(signer.loads(cookie), Departure)
    except (BadSignature, msgspec.ValidationError):
        return None


def _forget(answer: Response) -> BaseResponse:
    answer.delete_cookie(_COOKIE, path=_PATH)
    return answer
