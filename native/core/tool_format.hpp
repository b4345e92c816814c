// How replies made with tools look: the grammar that holds a sampler to their form, and the parser that reads them.
// Both are llama.cpp's for the model's chat template (common/chat.h), or those of plain_tools.hpp.
#pragma once

#include "model.hpp"

#include <memory>
#include <string>
#include <vector>

struct common_chat_params;
struct common_params_sampling;

namespace graffiti {

struct ToolCall {
    std::string id;  // "" where the format has none
    std::string name;
    std::string arguments;  // a JSON object; while a reply is being made, its beginning
};

// A reply read by its format.
struct ToolReply {
    std::string content;
    std::vector<ToolCall> calls;
};

class ToolFormat {
  public:
    // `only_calls`: replies are calls from their first token on, and the grammar is that of calls alone. `single`: of
    // several calls the first counts; not every format's grammar knows the limit.
    ToolFormat(const Model & model, const common_chat_params & parameters, bool only_calls, bool single);
    ~ToolFormat();
    ToolFormat(const ToolFormat &) = delete;
    ToolFormat & operator=(const ToolFormat &) = delete;

    // Adds the grammar to a sampler's parameters: from the start of the reply where a call is required, else from where
    // the first call begins.
    void constrain(common_params_sampling & parameters) const;
    // Whether a special token is spelled out in the text of a reply, for the parser.
    bool shows(llama_token token) const;
    // Texts that end a reply.
    const std::vector<std::string> & stops() const;
    // Content and calls of a reply. `partial`: it may go on, so that nothing is taken that more text could change. What
    // does not fit the format is content.
    ToolReply read(const std::string & text, bool partial) const;

  private:
    struct Parts;
    std::unique_ptr<const Parts> parts_;
};

}  // namespace graffiti
