"""The frontier search, in parts: events made ready, steps from one state, and the orders in which they are searched."""
