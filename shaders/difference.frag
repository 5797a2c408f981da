// Where two masks of classes differ: red; where they agree, the video is darkened. Each is asked
// at its own resolution.
uniform sampler2D uMask; // class index, one byte a texel
uniform sampler2D uTruth; // class index, one byte a texel
uniform float uFill; // opacity

in vec2 vPosition;
out vec4 fColor; // premultiplied

const vec3 WRONG = vec3(0.97, 0.21, 0.24);

float classAt(sampler2D mask)
{
    ivec2 size = textureSize(mask, 0);
    return texelFetch(mask, min(ivec2(vPosition * vec2(size)), size - 1), 0).r;
}

void main()
{
    bool isWrong = abs(classAt(uMask) - classAt(uTruth)) > 0.5 / 255.0;
    float alpha = isWrong ? min(1.5 * uFill, 1.0) : uFill;
    fColor = isWrong ? vec4(WRONG, 1.0) * alpha : vec4(vec3(0.0), alpha);
}
