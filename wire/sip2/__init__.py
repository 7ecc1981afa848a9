"""SIP2, the language of circulation, both ends.

    messages       what can be said, each message declared once: read this first
    fields         the two-letter codes; codes: their values; forms: how a value is written; dates: due dates
    names          what all of them are called, in Chinese and English
    dialect        how one library system bends it: `dialect.load("interlib")`; idiom: what it makes of values
    bodies         how a declaration and a dialect become what reads and writes a message
    codec          `encode(message, dialect, sequence)`, `decode(octets, dialect).message`
    states         the state tables of both ends
    conversation   `Client` and `Server` that run them: octets in, events out

A client, its line and its clock being the owner's:

    client = Client(load("shuwu"))
    line.write(client.send(Checkout(transaction_date=now, patron_identifier="R1", item_identifier="B1")))
    for event in client.receive(line.read()):
        match event:
            case Answered(message): ...             # a CheckoutResponse
            case Send(octets): line.write(octets)   # the line is being repaired
            case GaveUp() | Misbehaved(): ...       # close; a new connection gets a new client

A server:

    for event in server.receive(line.read()):
        match event:
            case Request(message): line.write(server.answer(event, ledger.answer(message)))
            case Send(octets): line.write(octets)
            case Misbehaved(): line.close()
"""
