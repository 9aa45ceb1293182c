"""Calls: what stands beside the window while another program has the focus."""
