// Runs one function on several threads and waits; the first exception is thrown on.
#pragma once

#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace graffiti {

template <typename Work> void run_on_threads(int threads, const Work & work) {
    if (threads <= 1) {
        work(0);
        return;
    }
    std::mutex mutex;
    std::exception_ptr failure;
    const auto guarded = [&](int index) {
        try {
            work(index);
        } catch (...) {
            const std::lock_guard lock(mutex);
            if (!failure) {
                failure = std::current_exception();
            }
        }
    };
    {
        std::vector<std::jthread> workers;
        workers.reserve(static_cast<size_t>(threads - 1));
        for (int index = 1; index < threads; ++index) {
            workers.emplace_back(guarded, index);
        }
        guarded(0);
    }  // joins
    if (failure) {
        std::rethrow_exception(failure);
    }
}

}  // namespace graffiti
