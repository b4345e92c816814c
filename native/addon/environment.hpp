// State of the addon in one JavaScript environment (the main thread or one worker thread): what is
// open, closed when the environment ends.
#pragma once

#include "safe_function.hpp"

#include <napi.h>

#include <atomic>
#include <memory>
#include <unordered_set>

namespace graffiti::addon {

class ModelHandle;
struct Loaded;

struct Environment {
    Napi::FunctionReference model_constructor;
    std::unordered_set<ModelHandle *> open_handles;
    std::unordered_set<std::shared_ptr<Loaded>> closing;  // being disposed on a worker thread
    std::shared_ptr<SafeFunctions> functions = std::make_shared<SafeFunctions>();
    // Work in flight looks at it, so that leaving the environment does not wait for a large file.
    std::shared_ptr<std::atomic<bool>> ending = std::make_shared<std::atomic<bool>>(false);
};

inline Environment & environment(Napi::Env env) {
    return *env.GetInstanceData<Environment>();
}

}  // namespace graffiti::addon
