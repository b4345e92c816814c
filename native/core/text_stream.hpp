// Turns token pieces into text that may be shown: never half a character, never the beginning of a
// stop string.
#pragma once

#include <string>
#include <vector>

namespace graffiti {

class TextStream {
  public:
    explicit TextStream(std::vector<std::string> stops) : stops_(std::move(stops)) { std::erase(stops_, ""); }

    // Text that can be shown now that `piece` has come. Sets stopped() when a stop string is complete;
    // it and what follows it are dropped.
    std::string push(const std::string & piece);

    // What is still held back when the reply ends for another reason.
    std::string flush();

    bool stopped() const { return stopped_; }

  private:
    std::vector<std::string> stops_;
    std::string held_;
    bool stopped_ = false;
};

}  // namespace graffiti
