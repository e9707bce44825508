extension DeploymentKit {
    /// Installs the package that lies beside it, from files that lie beside it.
    static let installScript = """
        #!/bin/sh
        # Installs the ZeroTrace agent. Put its package (.deb, .rpm or .tar.gz) beside this script and run it as root.
        set -eu
        umask 077
        here=$(cd "$(dirname "$0")" && pwd)
        [ "$(id -u)" -eq 0 ] || { echo "Run this as root." >&2; exit 1; }

        # The newest by name, of the kind that this system takes.
        newest() { find "$here" -maxdepth 1 -name "$1" | sort | tail -n 1; }
        program=zerotrace-agent
        if command -v dpkg >/dev/null && [ -n "$(newest 'zerotrace-agent_*.deb')" ]; then
            dpkg -i "$(newest 'zerotrace-agent_*.deb')"
        elif command -v rpm >/dev/null && [ -n "$(newest 'zerotrace-agent-*.rpm')" ]; then
            rpm -U --replacepkgs "$(newest 'zerotrace-agent-*.rpm')"
        elif [ -n "$(newest 'zerotrace-agent-*.tar.gz')" ]; then
            folder=$(mktemp -d)
            trap 'rm -rf "$folder"' EXIT
            tar -xzf "$(newest 'zerotrace-agent-*.tar.gz')" -C "$folder"
            program=$(find "$folder" -type f -name zerotrace-agent)
        else
            echo "There is no package beside this script that this system takes." >&2
            exit 1
        fi

        "$program" install --replace --config "$here/agent.json" --token-file "$here/enrollment-token"
        if [ -d /run/systemd/system ]; then
            systemctl daemon-reload
            systemctl enable zerotrace-agent
            systemctl restart zerotrace-agent
        fi

        """

    /// One file that holds everything but the package, for tools that distribute a script alone.
    func singleScript(_ path: String) -> File {
        secret(
            path,
            """
            #!/bin/sh
            # Tells the ZeroTrace agent its server and its token. The package comes by the package manager; this may run before or after it.
            set -eu
            umask 077
            [ "$(id -u)" -eq 0 ] || { echo "Run this as root." >&2; exit 1; }
            mkdir -p /etc/zerotrace
            chmod 755 /etc/zerotrace
            cat >/etc/zerotrace/enrollment-token.new <<'END'
            \(token)
            END
            mv /etc/zerotrace/enrollment-token.new /etc/zerotrace/enrollment-token
            cat >/etc/zerotrace/agent.json.new <<'END'
            \(configuration)END
            chmod 644 /etc/zerotrace/agent.json.new
            mv /etc/zerotrace/agent.json.new /etc/zerotrace/agent.json
            if [ -d /run/systemd/system ] && systemctl cat zerotrace-agent >/dev/null 2>&1; then
                systemctl restart zerotrace-agent
            fi

            """)
    }

    /// The registry policy of Windows. The key is closed to all but the system and administrators before the token is written into it.
    func registryScript(_ path: String) -> File {
        secret(
            path,
            """
            # Tells the ZeroTrace agent its server and its token, by policy. Runs as SYSTEM, in the 64-bit host.
            $ErrorActionPreference = 'Stop'
            $path = 'HKLM:\\SOFTWARE\\Policies\\ZeroTrace\\Agent'
            New-Item -Path $path -Force | Out-Null
            $access = New-Object System.Security.AccessControl.RegistrySecurity
            $access.SetAccessRuleProtection($true, $false)
            foreach ($sid in 'S-1-5-18', 'S-1-5-32-544') {
                $account = New-Object System.Security.Principal.SecurityIdentifier $sid
                $rule = New-Object System.Security.AccessControl.RegistryAccessRule($account, 'FullControl', 'ContainerInherit', 'None', 'Allow')
                $access.AddAccessRule($rule)
            }
            Set-Acl -Path $path -AclObject $access
            New-ItemProperty -Path $path -Name 'server' -PropertyType String -Value '\(server)' -Force | Out-Null
            New-ItemProperty -Path $path -Name 'enrollment_token' -PropertyType String -Value '\(token)' -Force | Out-Null
            exit 0

            """)
    }

    /// User data for new machines.
    func cloudInit() throws(Refusal) -> File {
        guard let package else { throw .package }
        let ending = package.hasSuffix(".deb") ? "deb" : "rpm"
        let install = ending == "deb" ? "dpkg, -i" : "rpm, -U"
        return secret(
            "user-data.yaml",
            """
            #cloud-config
            # Processes of a machine can often read its user data: use a token of few uses that expires soon.
            write_files:
              - path: /etc/zerotrace/agent.json
                permissions: "0644"
                content: |
            \(configuration.indented(6))
              - path: /etc/zerotrace/enrollment-token
                permissions: "0600"
                content: |
                  \(token)
            runcmd:
              - [mkdir, -p, -m, "700", /run/zerotrace-install]
              - [curl, --fail, --silent, --show-error, --location, --output, /run/zerotrace-install/agent.\(ending), "\(package)"]
              - [\(install), /run/zerotrace-install/agent.\(ending)]
              - [systemctl, enable, --now, zerotrace-agent]

            """)
    }

    /// A role; the token lies beside it, to be encrypted with ansible-vault.
    var ansible: [File] {
        let tasks = """
            - name: Folder of the agent's configuration
              ansible.builtin.file:
                path: /etc/zerotrace
                state: directory
                owner: root
                group: root
                mode: "0755"

            - name: Enrollment token, which no log shows
              ansible.builtin.copy:
                content: "{{ zerotrace_enrollment_token }}\\n"
                dest: /etc/zerotrace/enrollment-token
                owner: root
                group: root
                mode: "0600"
              no_log: true
              notify: Restart the agent

            - name: Configuration
              ansible.builtin.copy:
                src: agent.json
                dest: /etc/zerotrace/agent.json
                owner: root
                group: root
                mode: "0644"
              notify: Restart the agent

            - name: Package for Debian and its family
              ansible.builtin.apt:
                deb: "{{ zerotrace_agent_package }}"
              when: ansible_facts["os_family"] == "Debian"
              notify: Restart the agent

            - name: Package for Red Hat and its family
              ansible.builtin.dnf:
                name: "{{ zerotrace_agent_package }}"
                disable_gpg_check: true
              when: ansible_facts["os_family"] in ["RedHat", "Suse"]
              notify: Restart the agent

            - name: The agent runs, and after each start of the machine
              ansible.builtin.systemd:
                name: zerotrace-agent
                enabled: true
                state: started
                daemon_reload: true

            """
        let handlers = """
            - name: Restart the agent
              ansible.builtin.systemd:
                name: zerotrace-agent
                state: restarted

            """
        let playbook = """
            # Encrypt the token first: ansible-vault encrypt vars/token.yaml
            # Then: ansible-playbook --ask-vault-pass -i HOSTS zerotrace.yaml
            - name: ZeroTrace agent
              hosts: all
              become: true
              vars_files:
                - vars/token.yaml
              vars:
                # On the machines, or a URL.
                zerotrace_agent_package: "\(package ?? "/root/zerotrace-agent.deb")"
              roles:
                - zerotrace_agent

            """
        return [
            plain("zerotrace.yaml", playbook),
            secret("vars/token.yaml", "zerotrace_enrollment_token: \"\(token)\"\n"),
            plain("roles/zerotrace_agent/tasks/main.yaml", tasks),
            plain("roles/zerotrace_agent/handlers/main.yaml", handlers),
            plain("roles/zerotrace_agent/files/agent.json", configuration),
        ]
    }
}
