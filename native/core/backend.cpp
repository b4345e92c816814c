#include "backend.hpp"

#include "error.hpp"

#include <llama.h>
#include <log.h>

#include <algorithm>
#include <mutex>

namespace graffiti {

namespace {

std::mutex & log_mutex() {
    static std::mutex mutex;
    return mutex;
}

std::string & log_errors() {
    static std::string errors;
    return errors;
}

// llama.cpp logs to standard error by default; a library must not. Errors are kept for messages.
void keep_errors(ggml_log_level level, const char * text, void * /*user_data*/) {
    static thread_local bool continuing_error = false;
    if (level != GGML_LOG_LEVEL_CONT) {
        continuing_error = level == GGML_LOG_LEVEL_ERROR;
    }
    if (!continuing_error) {
        return;
    }
    constexpr size_t most_kept = 4096;  // an endless stream of errors must not grow without bound
    const std::lock_guard lock(log_mutex());
    if (log_errors().size() < most_kept) {
        log_errors() += text;
    }
}

const char * kind_of(ggml_backend_dev_t device) {
    switch (ggml_backend_dev_type(device)) {
        case GGML_BACKEND_DEVICE_TYPE_CPU: return "cpu";
        case GGML_BACKEND_DEVICE_TYPE_GPU:
        case GGML_BACKEND_DEVICE_TYPE_IGPU: return "gpu";
        default: return "accelerator";
    }
}

}  // namespace

void initialise_backend() {
    static std::once_flag once;
    std::call_once(once, [] {
        llama_log_set(keep_errors, nullptr);
        common_log_set_verbosity_thold(-1);
        llama_backend_init();
    });
}

std::vector<Device> list_devices() {
    initialise_backend();
    std::vector<Device> devices;
    for (size_t i = 0; i < ggml_backend_dev_count(); ++i) {
        ggml_backend_dev_t device = ggml_backend_dev_get(i);
        size_t free = 0;
        size_t total = 0;
        ggml_backend_dev_memory(device, &free, &total);
        devices.push_back({ggml_backend_dev_name(device), ggml_backend_dev_description(device), kind_of(device), free, total});
    }
    return devices;
}

ggml_backend_dev_t add_rpc_device(const std::string & endpoint) {
    initialise_backend();
    ggml_backend_reg_t rpc = ggml_backend_reg_by_name("RPC");
    if (rpc == nullptr) {
        throw Error("ERR_NATIVE", "This build has no RPC backend");
    }
    using AddServer = ggml_backend_reg_t (*)(const char *);
    // The registry hands functions out as void *; this cast is the one way to call them.
    auto add_server = reinterpret_cast<AddServer>(ggml_backend_reg_get_proc_address(rpc, "ggml_backend_rpc_add_server"));
    ggml_backend_reg_t server = add_server == nullptr ? nullptr : add_server(endpoint.c_str());
    if (server == nullptr || ggml_backend_reg_dev_count(server) == 0) {
        throw Error("ERR_NATIVE", "No ggml-rpc-server answers at " + endpoint + ". Start one there, or check the address");
    }
    ggml_backend_device_register(ggml_backend_reg_dev_get(server, 0));
    return ggml_backend_reg_dev_get(server, 0);
}

ggml_backend_dev_t find_gpu(const std::string & backend_name) {
    initialise_backend();
    for (size_t i = 0; i < ggml_backend_dev_count(); ++i) {
        ggml_backend_dev_t device = ggml_backend_dev_get(i);
        const std::string registry = ggml_backend_reg_name(ggml_backend_dev_backend_reg(device));
        if (registry != "RPC" && std::string(kind_of(device)) == "gpu" && (backend_name.empty() || registry.starts_with(backend_name))) {
            return device;
        }
    }
    return nullptr;
}

uint64_t main_memory() {
    initialise_backend();
    ggml_backend_dev_t cpu = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
    size_t free = 0;
    size_t total = 0;
    if (cpu != nullptr) {
        ggml_backend_dev_memory(cpu, &free, &total);
    }
    return total;
}

std::string take_backend_errors() {
    const std::lock_guard lock(log_mutex());
    std::string errors;
    std::swap(errors, log_errors());
    while (!errors.empty() && (errors.back() == '\n' || errors.back() == ' ')) {
        errors.pop_back();
    }
    std::replace(errors.begin(), errors.end(), '\n', ';');
    return errors;
}

}  // namespace graffiti
