"""Central's signed lists at the kiosk: what stands (pure), where it is kept, how it is fetched, who does it."""
