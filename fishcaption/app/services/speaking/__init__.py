"""Who speaks: `cast`, the voices of speakers and scripts; `retrying`, a voice that is out of reach."""
