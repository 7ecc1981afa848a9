"""The demo's broker where amqtt alone would leave a client alone."""

from deploy.demo.broker import Subscriptions


def test_subscriptions_may_come_and_go_while_they_are_walked_over():
    held = Subscriptions({"a": [], "b": []})
    seen = []
    for topic in held:
        held[f"{topic}{topic}"] = []
        held.pop("b", None)
        seen.append(topic)
    for topic, sessions in held.items():
        held.pop(topic, sessions)
    assert (seen, dict(held)) == (["a", "b"], {})
