#pragma once

// Included before every C++ file of ggml-cpu where the compiler is a GCC before 14. Its _tile_loadconfig says that it reads 8
// of the 64 bytes it reads (GCC bug 114098), so the optimiser drops the rest of the configuration, and the first product of
// matrices ends the process. This one says what it reads.
#ifdef __AMX_TILE__

#include <immintrin.h>

static inline void graffiti_tile_loadconfig(const void * configuration) {
    struct TileConfiguration {
        unsigned char bytes[64];
    };
    __asm__ volatile("ldtilecfg\t%X0" ::"m"(*static_cast<const TileConfiguration *>(configuration)));
}

#define _tile_loadconfig(configuration) graffiti_tile_loadconfig(configuration)

#endif
