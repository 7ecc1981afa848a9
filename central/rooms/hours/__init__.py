"""When rooms are open: holidays by year, closures, and all of it put together for the kiosks."""
