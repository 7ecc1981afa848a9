"""SIP2, the language of circulation, both ends.

messages      what can be said, each message declared once: read this first
fields        the two-letter codes; codes: the values; forms: how a value is written; dates: due dates
dialect       how one library system bends it: `dialect.load("interlib")`
codec         `encode(message, dialect, sequence)`, `decode(octets, dialect).message`
states        the state tables of both ends; conversation: `Client` and `Server`, octets in, events out

client = Client(load("shuwu"))
line.write(client.send(Checkout(transaction_date=now, patron_identifier="R1", item_identifier="B1")))
for event in client.receive(line.read()):
match event:
case Answered(message=CheckoutResponse() as answer): ...
case Send(octets): line.write(octets)
case GaveUp() | Misbehaved(): line.close()
"""
