"""Scripts on disk.

kept_scripts   the script that is open, and those that were open before
script_file    one script as a file: its lines, and the place in it
"""
