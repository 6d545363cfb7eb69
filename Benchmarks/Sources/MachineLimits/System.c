// The processor and the sizes of its caches, as the operating system tells them.
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#if defined(__APPLE__)
#include <sys/sysctl.h>
#endif

#include "MachineLimits.h"

#if defined(__APPLE__)
size_t machine_cache_bytes(int level) {
  // The first names are those of the fast cores, where there are two kinds.
  const char *const names[3][2] = {{"hw.perflevel0.l1dcachesize", "hw.l1dcachesize"},
                                   {"hw.perflevel0.l2cachesize", "hw.l2cachesize"},
                                   {"hw.perflevel0.l3cachesize", "hw.l3cachesize"}};
  if (level < 1 || level > 3) return 0;
  for (int i = 0; i < 2; i++) {
    int64_t bytes = 0;
    size_t size = sizeof bytes;
    if (sysctlbyname(names[level - 1][i], &bytes, &size, NULL, 0) == 0 && bytes > 0) return (size_t)bytes;
  }
  return 0;
}

void machine_processor(char *name, size_t size) {
  if (sysctlbyname("machdep.cpu.brand_string", name, &size, NULL, 0) != 0) name[0] = 0;
}
#else

/// The first word of a file about one cache of the first core; empty where there is none.
static void read_word(int index, const char *name, char word[32]) {
  char path[96];
  word[0] = 0;
  snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%d/%s", index, name);
  FILE *file = fopen(path, "r");
  if (file == NULL) return;
  if (fscanf(file, "%31s", word) != 1) word[0] = 0;
  fclose(file);
}

/// From the kernel's own list of caches.
static size_t listed_bytes(int level) {
  for (int index = 0; index < 16; index++) {
    char type[32], word[32];
    read_word(index, "type", type);
    if (type[0] == 0) break;
    read_word(index, "level", word);
    int listed = 0;
    if (sscanf(word, "%d", &listed) != 1 || listed != level || strcmp(type, "Instruction") == 0) continue;
    read_word(index, "size", word);
    unsigned long size = 0;
    char unit = 0;
    if (sscanf(word, "%lu%c", &size, &unit) >= 1) return size * (unit == 'K' ? 1024 : unit == 'M' ? 1 << 20 : 1);
  }
  return 0;
}

size_t machine_cache_bytes(int level) {
  size_t listed = level >= 1 && level <= 3 ? listed_bytes(level) : 0;
  if (listed > 0) return listed;
#if defined(_SC_LEVEL1_DCACHE_SIZE)
  const int names[3] = {_SC_LEVEL1_DCACHE_SIZE, _SC_LEVEL2_CACHE_SIZE, _SC_LEVEL3_CACHE_SIZE};
  long bytes = level >= 1 && level <= 3 ? sysconf(names[level - 1]) : 0;
  return bytes > 0 ? (size_t)bytes : 0;
#else
  return 0;
#endif
}

void machine_processor(char *name, size_t size) {
  name[0] = 0;
  FILE *file = fopen("/proc/cpuinfo", "r");
  if (file == NULL) return;
  char line[256];
  while (name[0] == 0 && fgets(line, sizeof line, file) != NULL) {
    const char *colon = strchr(line, ':');
    if (strncmp(line, "model name", 10) != 0 || colon == NULL) continue;
    snprintf(name, size, "%s", colon + strspn(colon, ": \t"));
    name[strcspn(name, "\n")] = 0;
  }
  fclose(file);
}
#endif
