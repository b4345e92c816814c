// Between JavaScript values and plain structs. lib/native.ts has validated everything that comes in.
#pragma once

#include "chat_template.hpp"
#include "engine.hpp"
#include "measurements.hpp"
#include "model.hpp"
#include "spray_maker.hpp"

#include <napi.h>

#include <memory>
#include <vector>

namespace graffiti::addon {

ModelOptions model_options(const Napi::Object & options);
EngineOptions engine_options(const Napi::Object & options);
GenerateRequest generate_request(const Napi::Object & options);
SamplingOptions sampling_options(const Napi::Object & options);
SprayRequest spray_request(const Napi::Object & options);
std::vector<ChatMessage> chat_messages(const Napi::Array & messages);
ToolRequest tool_request(const Napi::Object & request);
std::vector<llama_token> tokens(const Napi::Int32Array & values);
Writer writer(const std::string & name);

std::vector<float> floats(const Napi::Value & value);
// A handle that make_head_memory or make_row_head gave out; null gives null. Throws ERR_NATIVE for anything else.
std::shared_ptr<Night> night(Napi::Env env, const Napi::Value & value);
Napi::Value to_js(Napi::Env env, const std::shared_ptr<Night> & night);
// The same for a handle of compileSpray.
std::shared_ptr<const Spray> spray(Napi::Env env, const Napi::Value & value);
Napi::Value to_js(Napi::Env env, const std::shared_ptr<const Spray> & spray);

// The same for a handle of renderToolChat.
std::shared_ptr<const ToolFormat> tool_format(Napi::Env env, const Napi::Value & value);
Napi::Value to_js(Napi::Env env, const std::shared_ptr<const ToolFormat> & format);
Napi::Value to_js(Napi::Env env, const ToolReply & reply);

// A sampler with a grammar, for one reply. It keeps the model that it samples for.
struct PreparedSampler {
    std::shared_ptr<const Model> model;
    std::shared_ptr<Sampler> sampler;
};
std::shared_ptr<PreparedSampler> prepared_sampler(Napi::Env env, const Napi::Value & value);
Napi::Value to_js(Napi::Env env, const std::shared_ptr<PreparedSampler> & sampler);

// A handle that load_adapter gave out; null and undefined give null. Throws ERR_NATIVE for anything else.
std::shared_ptr<const Adapter> adapter(Napi::Env env, const Napi::Value & value);

Napi::Value to_js(Napi::Env env, const FinishEvent & finish);
Napi::Value to_js(Napi::Env env, const std::vector<float> & values);
Napi::Value to_js(Napi::Env env, const std::vector<llama_token> & values);
Napi::Value to_js(Napi::Env env, const EncodedText & encoded);
Napi::Value to_js(Napi::Env env, const Scores & scores);
Napi::Value to_js(Napi::Env env, const InfluenceErrors & errors);

}  // namespace graffiti::addon
