// The one exception type of the core. The code is the `code` of GraffitiError in JavaScript.
#pragma once

#include <stdexcept>
#include <string>

namespace graffiti {

class Error : public std::runtime_error {
  public:
    Error(const char * code, const std::string & message) : std::runtime_error(message), code_(code) {}
    const char * code() const noexcept { return code_; }

  private:
    const char * code_;  // a string literal
};

}  // namespace graffiti
