"""The sound: an engine process per output device, the app's side of it, devices, recording.

    player.SoundPlayer                 a `reader.Player` on one device; `pair.PairPlayer`: on one or two
      clips.Clips, UnheardAudio        what was written and heard; what a new engine is given again
      forecast.Forecast                when which frame is heard, by the engine's last report
      forecast.HeardSound              the sound as it was heard, for whoever records it
      device_state.DeviceState         the condition of the device; `dummy`: does anybody hear it?
      supervisor.EngineSupervisor      starts an engine again that died, kills one that does not answer
        process.EngineProcess          one engine; `wire`: messages to it, and its events
    engine.main.SoundEngine            the process: nothing that the app does can be heard
      feed.SoundFeed                   clips → line frames: speed, rate, prebuffer; and back
      line.Line                        the ring and the callback: copy, ramp, count
      output.Output                    PortAudio's one thread; a clock where there is no device
    decoding.decoder.Decoder           sound files from elsewhere, in a process of its own

`silent.SilentPlayer` is a player without a process, `recording.Recorder` one that writes a file.

Two rules. The audio of a clip is kept as it came until it was heard, in the app and in the engine: after any
change (of speed, rate, device or engine) the sound goes on from a frame. And the engine tells ahead when
which frames will be heard: the app only does arithmetic.
"""
