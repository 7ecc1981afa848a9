"""Revision 0011 with data: a branch's machines keep their device, and its staff may have another."""

from sqlalchemy import insert, select

from central.migrations import migrate, tables
from tests.central.migrations.test_0001 import ROWS

SITE = {"branch_id": "zhen", "device_id": "zhen-24h-1"}


def test_a_gateway_that_stood_before_counts_machines(older):
    engine = older("0010", [("branch", ROWS["branch"]), ("device", ROWS["device"]), ("gateway_site", SITE)])
    migrate(engine)
    sites = tables().tables["gateway_site"]
    device = tables().tables["device"]
    with engine.begin() as connection:
        assert connection.execute(select(sites)).mappings().all() == [{**SITE, "counts": "machines"}]
        connection.execute(insert(device), {**ROWS["device"], "id": "desk-zhen"})
        connection.execute(insert(sites), {**SITE, "counts": "desk", "device_id": "desk-zhen"})
