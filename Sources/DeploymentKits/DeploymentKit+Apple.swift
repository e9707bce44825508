extension DeploymentKit {
    private static let head = """
        <?xml version="1.0" encoding="UTF-8"?>
        <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
        <plist version="1.0">

        """

    /// The managed preferences of the domain `com.zerotrace.agent`: the members of `agent.json`, and the token.
    private var dictionary: String {
        """
        <dict>
          <key>server</key>
          <string>\(server)</string>
          <key>enrollment_token</key>
          <string>\(token)</string>
        </dict>
        """
    }

    /// The preferences alone, as Jamf's "Application & Custom Settings" takes them.
    func preferences(_ path: String) -> File { secret(path, Self.head + dictionary + "\n</plist>\n") }

    /// A configuration profile that forces them.
    ///
    /// - Source: <https://developer.apple.com/documentation/devicemanagement/managedpreferences>
    func profile(_ path: String) -> File {
        let text = """
            <dict>
              <key>PayloadType</key>
              <string>Configuration</string>
              <key>PayloadVersion</key>
              <integer>1</integer>
              <key>PayloadIdentifier</key>
              <string>com.zerotrace.agent.profile</string>
              <key>PayloadUUID</key>
              <string>\(makeIdentifier())</string>
              <key>PayloadScope</key>
              <string>System</string>
              <key>PayloadDisplayName</key>
              <string>ZeroTrace agent</string>
              <key>PayloadContent</key>
              <array>
                <dict>
                  <key>PayloadType</key>
                  <string>com.apple.ManagedClient.preferences</string>
                  <key>PayloadVersion</key>
                  <integer>1</integer>
                  <key>PayloadIdentifier</key>
                  <string>com.zerotrace.agent.preferences</string>
                  <key>PayloadUUID</key>
                  <string>\(makeIdentifier())</string>
                  <key>PayloadEnabled</key>
                  <true/>
                  <key>PayloadContent</key>
                  <dict>
                    <key>com.zerotrace.agent</key>
                    <dict>
                      <key>Forced</key>
                      <array>
                        <dict>
                          <key>mcx_preference_settings</key>
            \(dictionary.indented(14))
                        </dict>
                      </array>
                    </dict>
                  </dict>
                </dict>
              </array>
            </dict>
            """
        return secret(path, Self.head + text + "\n</plist>\n")
    }
}
