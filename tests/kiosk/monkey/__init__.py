"""Anybody and anything at a kiosk, in any order: what is right, wrong, late, doubled and hostile, at the real tables.

    shapes     kiosks of several roles and devices, as a start makes them
    answers    what ILS, pad and other devices may answer to an effect
    events     what people, devices, central and time may do next
    promises   what must be so after every step, and when all has come to rest
    walk       one kiosk, one seed

python -m tests.kiosk.monkey 1000 200      # 200 walks of 700 steps, from seed 1000 on
"""
