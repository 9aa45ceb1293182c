"""The sound engine: a process for each open device, in which nothing the app does can be heard.

main       the process: commands in, events out
line       the ring of frames, and the callback that plays it
feed       from clips to the line: which frames, when, and how much to wait for
source     the clips' audio as it came
conversion a clip's frames at another speed, rate or level
output     the device: opened, watched over, lost and found again
portaudio  the library of sound devices, in such a process
follower   in step with another device
limiter    louder without clipping
"""
