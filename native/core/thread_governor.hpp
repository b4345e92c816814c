// How many threads decode. llama.cpp's threads wait for each other by spinning, dozens of times a token: when another
// program, or this process's own JavaScript, takes the core of one of them, all others spin until it comes back, and
// decoding becomes ten times slower than with a thread less. So the engine now and then tries the next number of threads,
// and stays with what is faster at that moment; at once where its threads did not get the processor time they could have used.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace graffiti {

class ThreadGovernor {
  public:
    // `most`: the threads it may use, at least 1, and the number it begins with. `least`: the fewest.
    ThreadGovernor(int most, int least);

    // Threads for the next decode.
    int threads() const { return levels_[probing() ? probe_ : level_].threads; }

    // What the decode of `tokens` tokens took with threads() of them. `processor`: the seconds of processor time that all
    // threads of the process got meanwhile.
    void took(size_t tokens, double seconds, double processor);

  private:
    static constexpr size_t buckets = 11;  // 1, 2, 3–4, 5–8, … tokens: each takes another time

    struct Level {
        int threads;
        std::array<double, buckets> mean{};   // seconds, of the last 20 decodes or so
        std::array<double, buckets> least{};  // the best, slowly forgotten
    };

    bool probing() const { return left_ > 0; }
    void end_probe();
    void consider_probe(size_t bucket);

    std::vector<Level> levels_;  // from the most threads to one
    size_t level_ = 0;
    size_t probe_ = 0;
    int left_ = 0;           // decodes left of a probe
    double spent_ = 0.0;     // seconds of the probe
    double expected_ = 0.0;  // what its decodes would have taken without it
    double since_ = 0.0;     // seconds decoded since the last probe
    double wanted_ = 0.0;    // processor time that its threads could have used of late, seconds
    double had_ = 0.0;       // and what the process got
    bool starved_ = false;   // they did not get it
    bool down_next_ = true;
};

// Processor time that all threads of this process have had, in seconds.
double processor_seconds();

}  // namespace graffiti
