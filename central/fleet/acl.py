"""Who may say and hear what at the broker, as mosquitto's `acl_file`. Generated, never written by hand.

A device's user name is its id (`use_identity_as_username`: its certificate's common name), so that one
pattern holds for all of them: it speaks and hears under its own name alone.
"""

from __future__ import annotations

from wire import topics

OWN = "%u"
"""mosquitto puts the user name here."""


def mosquitto_acl(central: str = topics.CENTRAL) -> str:
    """The file's text.

    Args:
        central: user name of central's own processes.
    """
    heard = [topics.every(leaf) for leaf in topics.FROM_KIOSK]
    said = [topics.every(leaf) for leaf in topics.FROM_CENTRAL]
    lines = [f"user {central}"]
    lines += [f"topic read {name}" for name in heard]
    lines += [f"topic readwrite {name}" for name in said]
    lines += [f"topic readwrite {topics.CENTRAL_CONDITION}", ""]
    lines += [f"pattern write {topics.ROOT}/{OWN}/{leaf}" for leaf in topics.FROM_KIOSK]
    lines += [f"pattern read {topics.ROOT}/{OWN}/{leaf}" for leaf in topics.FROM_CENTRAL]
    lines += [f"pattern read {topics.ROOT}/{OWN}/{topics.CONDITION}"]
    lines += [f"pattern read {topics.CENTRAL_CONDITION}"]
    return "\n".join(lines) + "\n"
