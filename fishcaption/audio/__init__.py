"""The sound: an engine process per output device, the app's side of it, devices, recording.

    reader ── Player ── player.SoundPlayer       clips (the book), process (one life of an engine)
                          │ wire: messages down its standard input, events up its standard output
                        engine.Engine             the process: nothing the app does can be heard
                          feed.Feed               clips → line frames: speed, rate, prebuffer; and back
                          line.Line               the ring and the callback: copy, ramp, count
                          output.Output           PortAudio's one thread; a clock where there is no device
                        dummy.DummyWatch          whether the default device is one that nobody hears

`silent.SilentPlayer` is a player without a process, `recording.Recorder` one that writes a file.

Two rules. The audio of a clip is kept as it came until it was heard, on both sides: whatever changes under it
(speed, rate, device, engine) is answered by going on from a frame. And where the ear is, is told ahead: the
engine says when which frames will sound, the app only does arithmetic.
"""
