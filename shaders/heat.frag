// Values from 0 to 1 by their colour, between texels by bilinear weights.
#include "colormap.glsl"

uniform sampler2D uValues; // one byte a texel
uniform float uFill; // opacity

in vec2 vPosition;
out vec4 fColor; // premultiplied

float valueAt(ivec2 texel, ivec2 last)
{
    return texelFetch(uValues, clamp(texel, ivec2(0), last), 0).r;
}

void main()
{
    ivec2 size = textureSize(uValues, 0);
    ivec2 last = size - 1;
    vec2 position = vPosition * vec2(size) - 0.5;
    ivec2 corner = ivec2(floor(position));
    vec2 f = position - vec2(corner);
    float above = mix(valueAt(corner, last), valueAt(corner + ivec2(1, 0), last), f.x);
    float below = mix(
        valueAt(corner + ivec2(0, 1), last), valueAt(corner + ivec2(1, 1), last), f.x);
    fColor = vec4(viridis(mix(above, below, f.y)), 1.0) * uFill;
}
