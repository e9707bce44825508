// PostgreSQL's client library, and the parts of Linux that Swift's Glibc module leaves out: the loop of `PostgreSQL` waits with epoll.
#include <libpq-fe.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
