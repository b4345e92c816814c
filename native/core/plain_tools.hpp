// Tools for models whose chat template knows none: they are described in the system prompt, and a call is
// {"tool_calls": [{"name": …, "arguments": …}]}, which a grammar holds to.
#pragma once

#include "chat_template.hpp"

#include <vector>

struct common_chat_params;

namespace graffiti::plain_tools {

// The messages without calls and results of their own: both as text, and the tools described in the system prompt.
std::vector<ChatMessage> messages(const std::vector<ChatMessage> & messages, const ToolRequest * tools);

// Grammar, triggers and parser of such calls.
common_chat_params format(const ToolRequest & tools);

}  // namespace graffiti::plain_tools
