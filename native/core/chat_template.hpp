// Turns messages into a prompt with llama.cpp's template engine, keeping track of which bytes of it a
// user wrote, so that they are never read as special tokens.
#pragma once

#include "model.hpp"

#include <memory>
#include <string>
#include <vector>

struct common_chat_templates;

namespace graffiti {

struct ChatMessage {
    std::string role;  // "system", "user", "assistant", "memory", …: whatever the template knows
    std::string content;
};

struct RenderedChat {
    std::string text;
    std::vector<TextRange> contents;  // where the messages' contents stand, in bytes
};

class ChatTemplate {
  public:
    // `override_template`: a Jinja template, "plain" for `User:`/`Bot:` lines (what models without a
    // template of their own get), or "" for the model's own. Throws ERR_MODEL_INVALID when it does not parse.
    ChatTemplate(const Model & model, const std::string & override_template);
    ~ChatTemplate();
    ChatTemplate(const ChatTemplate &) = delete;
    ChatTemplate & operator=(const ChatTemplate &) = delete;

    // Throws ERR_NATIVE with the template's own message when it refuses these messages.
    RenderedChat render(const std::vector<ChatMessage> & messages, bool add_generation_prompt) const;

    const std::string & source() const { return source_; }

  private:
    struct Free {
        void operator()(common_chat_templates * templates) const;
    };
    std::unique_ptr<common_chat_templates, Free> templates_;
    std::string source_;
};

}  // namespace graffiti
