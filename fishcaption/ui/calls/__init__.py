"""Calls: windows and keys for use while another program has the focus."""
