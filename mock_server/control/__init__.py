"""The mock's own side, under `/__mock__`: jobs, clock, scenarios, the journal."""
