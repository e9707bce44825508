#include <lzma.h>

// The library's own initialisers and flags are macros, which Swift cannot read.
static inline lzma_stream zt_lzma_stream(void) {
    lzma_stream stream = LZMA_STREAM_INIT;
    return stream;
}
static inline lzma_ret zt_lzma_decoder_init(lzma_stream *stream, uint64_t memory_limit) {
    return lzma_stream_decoder(stream, memory_limit, LZMA_CONCATENATED);
}
