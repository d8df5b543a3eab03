# Sourced by ./mvnw and ./run: points JAVA_HOME at a JDK 25 or newer, wherever the machine keeps it,
# because the default java of many machines is older than the one this project is compiled for.
membership_java_major() {
  "$1/bin/java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1
}
membership_is_jdk25() {
  [ -x "$1/bin/javac" ] && [ "$(membership_java_major "$1")" -ge 25 ] 2>/dev/null
}
membership_find_jdk() {
  set +f
  membership_path_java=$(command -v javac 2>/dev/null) || membership_path_java=
  [ -z "$membership_path_java" ] || membership_path_java=$(dirname "$(dirname "$(readlink -f "$membership_path_java")")")
  for membership_home in "${JAVA_HOME-}" "$membership_path_java" /usr/lib/jvm/* "$HOME"/.sdkman/candidates/java/* \
    "$HOME"/.jdks/* /opt/java/* /opt/jdk* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if [ -n "$membership_home" ] && membership_is_jdk25 "$membership_home"; then
      JAVA_HOME=$membership_home
      export JAVA_HOME
      return 0
    fi
  done
  return 1
}
if ! membership_found=$(membership_find_jdk && printf %s "$JAVA_HOME"); then
  echo "This project needs a JDK 25 or newer (a JRE is not enough): install one, or point JAVA_HOME at it." >&2
  exit 1
fi
JAVA_HOME=$membership_found
export JAVA_HOME
