"""E-mails and text messages to people, for central and for the vault: a neutral leaf that knows nothing of either.

Callers use :class:`central.messaging.ports.Messenger`, made by :func:`central.messaging.messenger.messenger_from` from
:func:`central.messaging.settings.messaging_settings`. Neither an address nor a text ever stands in a log or an error.
"""
