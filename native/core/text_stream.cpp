#include "text_stream.hpp"

#include <algorithm>
#include <cstdint>

namespace graffiti {

namespace {

// Bytes at the end of the text that begin a character without finishing it.
size_t incomplete_tail(const std::string & text) {
    const size_t most = std::min<size_t>(text.size(), 3);
    for (size_t back = 1; back <= most; ++back) {
        const auto byte = static_cast<uint8_t>(text[text.size() - back]);
        if ((byte & 0xC0U) == 0x80U) {
            continue;  // a continuation: its first byte is further back
        }
        const size_t length = byte >= 0xF0U ? 4 : byte >= 0xE0U ? 3 : byte >= 0xC0U ? 2 : 1;
        return length > back ? back : 0;
    }
    return 0;
}

// Bytes at the end of the text that may become a stop string.
size_t stop_tail(const std::string & text, const std::vector<std::string> & stops) {
    size_t longest = 0;
    for (const std::string & stop : stops) {
        for (size_t length = std::min(stop.size() - 1, text.size()); length > longest; --length) {
            if (text.compare(text.size() - length, length, stop, 0, length) == 0) {
                longest = length;
            }
        }
    }
    return longest;
}

}  // namespace

std::string TextStream::push(const std::string & piece) {
    held_ += piece;
    size_t first = std::string::npos;
    for (const std::string & stop : stops_) {
        first = std::min(first, held_.find(stop));
    }
    if (first != std::string::npos) {
        stopped_ = true;
        held_.resize(first);
        return flush();
    }
    const size_t kept = std::max(incomplete_tail(held_), stop_tail(held_, stops_));
    std::string shown = held_.substr(0, held_.size() - kept);
    held_.erase(0, shown.size());
    return shown;
}

std::string TextStream::flush() {
    std::string shown;
    std::swap(shown, held_);
    return shown;
}

}  // namespace graffiti
