/* Opens ONNX Runtime and makes its environment on a thread of its own while the JVM boots: both take
   about as long, and Java then finds the environment made, for ONNX Runtime has one of a process.

   The loader puts this library before all others (LD_PRELOAD). Whatever fails here, Java does later. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The head of ONNX Runtime's C interface, which is stable: onnxruntime_c_api.h. */
typedef struct {
  const void *const *(*get_api)(uint32_t version);
} OrtApiBase;

typedef void *(*CreateEnv)(int logging_level, const char *log_id, void **environment);

enum { API_VERSION = 1, CREATE_ENV = 3, LOG_ERRORS = 3 };

static void *open_environment(void *path) {
  void *library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
  if (library == NULL) {
    return NULL;
  }
  const OrtApiBase *(*base)(void) = (const OrtApiBase *(*)(void))dlsym(library, "OrtGetApiBase");
  const void *const *api = base == NULL ? NULL : base()->get_api(API_VERSION);
  void *environment;
  if (api != NULL) {
    ((CreateEnv)api[CREATE_ENV])(LOG_ERRORS, "modelserver", &environment);
  }
  return NULL;
}

__attribute__((constructor)) static void begin(void) {
  static char path[PATH_MAX];
  static const char name[] = "libonnxruntime.so";
  Dl_info self;
  unsetenv("LD_PRELOAD"); /* for this process alone */
  if (!dladdr((void *)begin, &self) || strlen(self.dli_fname) + sizeof name > sizeof path) {
    return;
  }
  strcpy(path, self.dli_fname);
  char *slash = strrchr(path, '/');
  if (slash == NULL) {
    return;
  }
  strcpy(slash + 1, name);
  pthread_t thread;
  if (pthread_create(&thread, NULL, open_environment, path) == 0) {
    pthread_detach(thread);
  }
}
