#include "workshop/assets.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

namespace gokart {
namespace {

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string HomeFolder() {
  if (const std::string home = Environment("HOME"); !home.empty()) return home;
  const passwd* user = getpwuid(getuid());
  return user != nullptr && user->pw_dir != nullptr ? user->pw_dir : "/";
}

}  // namespace

std::string AssetFolder() {
  if (const std::string folder = Environment("GOKART_ASSETS"); !folder.empty()) return folder;
  if (const std::string cache = Environment("XDG_CACHE_HOME"); !cache.empty()) {
    return cache + "/gokart/assets";
  }
  return HomeFolder() + "/.cache/gokart/assets";
}

std::string AssetPath(const std::string& name) { return AssetFolder() + "/" + name; }

}  // namespace gokart
