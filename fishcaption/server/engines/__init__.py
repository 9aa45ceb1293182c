"""The embedded voices' engines, one file each, with one interface (`base`)."""
