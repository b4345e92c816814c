// Turns messages into a prompt with llama.cpp's template engine, keeping track of which bytes of it a
// user wrote, so that they are never read as special tokens.
#pragma once

#include "model.hpp"
#include "tool_format.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

struct common_chat_templates;

namespace graffiti {

struct ChatMessage {
    std::string role;  // "system", "user", "assistant", "tool", "memory", …: whatever the template knows
    std::string content;
    std::vector<ToolCall> calls{};  // of an assistant's message
    std::string call_id{};          // of a tool's message: the call that it answers
    std::string name{};             // of a tool's message: the tool
};

struct Tool {
    std::string name;  // letters, digits, '_' and '-'
    std::string description;
    std::string parameters;  // a JSON schema of an object
};

// What a reply may call.
struct ToolRequest {
    std::vector<Tool> tools;  // at least one
    bool required = false;    // the reply must be calls
    bool parallel = true;     // it may hold several
};

struct RenderedChat {
    std::string text;
    std::vector<TextRange> contents;  // where what others wrote stands, in bytes
};

// A text with the tokens that it was run as.
struct KnownText {
    std::string text;
    std::vector<llama_token> tokens;
};

// A prompt for a reply that may call tools.
struct RenderedToolChat {
    RenderedChat chat;
    std::shared_ptr<const ToolFormat> format;
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
    // The same with tools, ending where the reply begins. Takes some milliseconds: llama.cpp finds out what calls look like
    // by rendering. Throws ERR_NATIVE, also for parameters that are no usable schema.
    RenderedToolChat render(const Model & model, const std::vector<ChatMessage> & messages, const ToolRequest & tools) const;

    // Where the prompt begins with what is known, the tokens of that are taken as they were.
    static std::vector<llama_token> tokenize(const Model & model, const RenderedChat & rendered, const KnownText & known);

    const std::string & source() const { return source_; }

  private:
    struct Applied;
    Applied apply(const std::vector<ChatMessage> & messages, bool add_generation_prompt, const ToolRequest * tools) const;
    std::string marked(const std::string & text) const;
    std::string marked_json(const std::string & text) const;
    bool find_out_tools() const;
    RenderedChat render_plain(const std::vector<ChatMessage> & messages, bool add_generation_prompt) const;

    struct Free {
        void operator()(common_chat_templates * templates) const;
    };
    std::unique_ptr<common_chat_templates, Free> templates_;
    std::string source_;
    std::vector<std::string> special_spellings_;
    mutable std::mutex skeletons_mutex_;
    mutable std::unordered_map<std::string, std::string> skeletons_;  // by the roles: prompts with placeholders for contents
    bool knows_tools_ = false;                                        // describes tools and has a format for calls
};

}  // namespace graffiti
