// The zlib of the system, which reads .gz files: Debian's zlib1g-dev; macOS has it.
#include <zlib.h>
