// Parts of Linux and glibc that Swift's Glibc module leaves out.
#include <malloc.h>
#include <sys/inotify.h>
