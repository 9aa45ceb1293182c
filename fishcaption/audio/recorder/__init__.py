"""The recorder: recordings of a voice, made and worked on in processes of their own.

    capture.RecordingProcess     a recording as the app sees it: started, heard of, stopped
    main                         the process: a microphone in, a file out
      microphone.Microphone      PortAudio's stream, and what it lost
      flac_file.FlacFile         the file, whole at every moment

A recording's process ends when its standard input does; it then finishes the file. So it survives the app,
and a recording is never lost with it. No process runs while nothing is recorded.
"""
