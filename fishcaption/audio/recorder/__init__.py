"""The recorder: recordings of a voice, made and worked on in processes of their own.

    capture.RecordingProcess     a recording as the app sees it: started, heard of, stopped
    main                         the process: a microphone in, a file out
      microphone.Microphone      PortAudio's stream, and what it lost
      flac_file.FlacFile         the file, whole at every moment
    jobs                         work on recordings, as the app asks for it
    work                         the process: measures, cuts, reads any file
      sound_file.SoundFile       files in blocks; `mp4`: the length of what we cannot decode
      measuring                  the measures of a take
        voice_activity           speech and pauses, by Silero's model
        loudness.LoudnessMeter   loudness by BS.1770
    told_errors                  errors on their way to the app

A recording's process ends when its standard input does; it then finishes the file. So it survives the app,
and a recording is never lost with it. No process runs while there is nothing to do.
"""
