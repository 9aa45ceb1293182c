"""Scripts on disk.

kept_scripts   the script that is open, and those that were open before
recent_scripts the files of scripts that were opened last
script_file    one script as a file: its lines, and the place in it
"""
