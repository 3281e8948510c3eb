"""How a network fails. The caller's one question has its own type: later, never, or unknown.

NetworkError
├── TryLater        busy, limited, down before anything was sent: again, not before `seconds` from now
├── Refused         the network said no, in its own words; never again with this content
│   └── PersonalAccount   of ourselves: it seems to be a person's own
├── NotAuthorised   the token is gone or too weak: the channel stops until a person reconnects it
│   └── ApplicationRefused   the company's application is not known, or its secret is wrong; tokens may be good,
│                            so no channel stops
├── Unsupported     not declared in the capabilities
│   └── NotAddressed      an answer to what nobody addressed to us, where the network takes no such answers
└── NoAnswer        sent, but no answer came: it may have taken effect; read back before anyone sends again
"""

from __future__ import annotations

from resonanz.core.errors import ResonanzError


class NetworkError(ResonanzError):
    """Something between us and a network went wrong."""

    code = "network.error"


class TryLater(NetworkError):
    """Nothing took effect; again in `seconds`."""

    code = "network.try_later"

    def __init__(self, seconds: float, reason: str = "") -> None:
        super().__init__(seconds=seconds, reason=reason)
        self.seconds = seconds


class Refused(NetworkError):
    """The network said no, with `words`."""

    code = "network.refused"

    def __init__(self, words: str) -> None:
        super().__init__(words=words)
        self.words = words


class PersonalAccount(Refused):
    """It seems to belong to a person and not to the company, so nobody listens to it unasked."""

    code = "network.personal_account"


class NotAuthorised(NetworkError):
    """The network no longer takes our token."""

    code = "network.not_authorised"


class ApplicationRefused(NotAuthorised):
    """The network does not take the keys of the company's application; that says nothing of a person's token."""

    code = "network.application_refused"


class Unsupported(NetworkError):
    """The connector does not declare this capability."""

    code = "network.unsupported"


class NotAddressed(Unsupported):
    """The network takes answers from programs only to what was addressed to the account."""

    code = "network.not_addressed"


class NoAnswer(NetworkError):
    """The call was sent and not answered; whether it took effect is unknown."""

    code = "network.no_answer"
