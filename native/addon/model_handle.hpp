// The native side of a loaded model: model, engine, chat template, calibration and event channel,
// reachable from JavaScript through one object.
#pragma once

#include "calibration.hpp"
#include "chat_template.hpp"
#include "engine.hpp"
#include "event_channel.hpp"

#include <napi.h>

#include <memory>
#include <unordered_map>

namespace graffiti::addon {

// Everything a worker thread may need, shared so that closing never pulls it away from one.
struct Loaded {
    std::shared_ptr<const Model> model;
    std::shared_ptr<const ChatTemplate> chat;
    std::shared_ptr<Engine> engine;
    std::shared_ptr<EventChannel> channel;
    std::shared_ptr<const Calibration> calibration;                     // set once, on the JavaScript thread
    std::unordered_map<uint32_t, std::shared_ptr<const Spray>> sprays;  // by session, JavaScript thread only
};

class ModelHandle : public Napi::ObjectWrap<ModelHandle> {
  public:
    static Napi::Function define(Napi::Env env);
    explicit ModelHandle(const Napi::CallbackInfo & info);
    ~ModelHandle() override;
    ModelHandle(const ModelHandle &) = delete;
    ModelHandle & operator=(const ModelHandle &) = delete;

    void adopt(std::shared_ptr<Loaded> loaded);
    // Stops the engine and waits for its thread; for the end of the environment.
    void shut_down();

  private:
    Loaded & require_open(Napi::Env env);

    Napi::Value describe(const Napi::CallbackInfo & info);
    Napi::Value tokenize(const Napi::CallbackInfo & info);
    Napi::Value detokenize(const Napi::CallbackInfo & info);
    Napi::Value render_chat(const Napi::CallbackInfo & info);
    // Of replies that may call tools: model_handle_tools.cpp.
    Napi::Value render_tool_chat(const Napi::CallbackInfo & info);
    Napi::Value read_tool_reply(const Napi::CallbackInfo & info);
    Napi::Value open_session(const Napi::CallbackInfo & info);
    Napi::Value close_session(const Napi::CallbackInfo & info);
    Napi::Value calibrate(const Napi::CallbackInfo & info);
    Napi::Value compile_spray(const Napi::CallbackInfo & info);
    Napi::Value set_spray(const Napi::CallbackInfo & info);
    Napi::Value set_strength(const Napi::CallbackInfo & info);
    Napi::Value prepare_sampler(const Napi::CallbackInfo & info);
    Napi::Value generate(const Napi::CallbackInfo & info);
    Napi::Value abort(const Napi::CallbackInfo & info);
    Napi::Value encode(const Napi::CallbackInfo & info);
    Napi::Value score(const Napi::CallbackInfo & info);
    Napi::Value check_influence(const Napi::CallbackInfo & info);
    // Of the head memory: model_handle_head.cpp.
    Napi::Value record_head(const Napi::CallbackInfo & info);
    Napi::Value fit_key_space(const Napi::CallbackInfo & info);
    Napi::Value make_keys(const Napi::CallbackInfo & info);
    Napi::Value make_head_memory(const Napi::CallbackInfo & info);
    Napi::Value govern_head_memory(const Napi::CallbackInfo & info);
    Napi::Value make_row_head(const Napi::CallbackInfo & info);
    Napi::Value train_row_head(const Napi::CallbackInfo & info);
    Napi::Value set_night(const Napi::CallbackInfo & info);
    // Of engrams: model_handle_engram.cpp.
    Napi::Value extract_engram(const Napi::CallbackInfo & info);
    Napi::Value record_layers(const Napi::CallbackInfo & info);
    Napi::Value read_weight(const Napi::CallbackInfo & info);
    Napi::Value teach(const Napi::CallbackInfo & info);
    Napi::Value load_adapter(const Napi::CallbackInfo & info);
    Napi::Value set_adapter(const Napi::CallbackInfo & info);
    Napi::Value dispose(const Napi::CallbackInfo & info);

    std::shared_ptr<Loaded> loaded_;
};

}  // namespace graffiti::addon
