"""The embedded voices' engines, one file each, behind one seam (`base`)."""
