// The libsndfile of the system, which reads WAV, FLAC, Ogg and MP3: Debian's libsndfile1-dev; Homebrew's libsndfile on macOS.
#pragma once
#include <sndfile.h>
