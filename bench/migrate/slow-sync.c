/* Preloaded into a process, has each wait for the disk take BENCH_SYNC_MS milliseconds more: a disk whose COMMIT is slow. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static int later(const char *name, int file) {
  const char *text = getenv("BENCH_SYNC_MS");
  double ms = text == NULL ? 0 : atof(text);
  struct timespec pause = {(time_t)(ms / 1000), (long)((ms - 1000 * (long)(ms / 1000)) * 1e6)};
  int (*next)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  int result = next(file);
  nanosleep(&pause, NULL);
  return result;
}

int fsync(int file) { return later("fsync", file); }
int fdatasync(int file) { return later("fdatasync", file); }
