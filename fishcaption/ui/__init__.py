"""The window. Widgets draw snapshots and give commands: no async def, no exec(), no business rule."""
