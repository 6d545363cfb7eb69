// The libsoxr of the system, which changes the sample rate of sound: Debian's libsoxr-dev; Homebrew's libsoxr on macOS.
#pragma once
#include <soxr.h>
